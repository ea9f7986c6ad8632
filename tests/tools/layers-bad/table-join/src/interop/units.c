/* SPDX-License-Identifier: GPL-3.0-or-later */
const char quote = '"';
const char *const units = "SELECT l.id FROM line l JOIN unit u ON u.id = l.id";
