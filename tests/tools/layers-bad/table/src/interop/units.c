/* SPDX-License-Identifier: GPL-3.0-or-later */
const char *const units = "SELECT 'a text' || id "
                          "FROM unit WHERE id = ?1";
