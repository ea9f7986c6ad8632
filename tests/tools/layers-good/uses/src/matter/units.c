/* SPDX-License-Identifier: GPL-3.0-or-later */
const char *const units = "SELECT id FROM unit";
