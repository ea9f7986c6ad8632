// SPDX-License-Identifier: GPL-3.0-or-later
import type { PersonRef } from "@/api/types";

export interface Account {
  id: string;
  login: string;
  person: PersonRef | null;
  closed: boolean;
  must_change_password: boolean;
  created_at: string;
  last_login_at: string | null;
}
