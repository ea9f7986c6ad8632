/* SPDX-License-Identifier: GPL-3.0-or-later */
int example; /* todo: the other half */
