/* SPDX-License-Identifier: GPL-3.0-or-later */
int example; /* HACK the other half */
