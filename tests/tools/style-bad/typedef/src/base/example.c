/* SPDX-License-Identifier: GPL-3.0-or-later */
typedef struct example example;
