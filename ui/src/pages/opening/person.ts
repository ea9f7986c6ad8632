// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody who is being registered, as the form for it holds them.

export interface NewPerson {
  open: boolean; // the form is
  name: string;
  id_number: string;
  phone: string;
  dwelling: string;
}

export const NOBODY: NewPerson = { open: false, name: "", id_number: "", phone: "", dwelling: "" };
