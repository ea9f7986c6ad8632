/* SPDX-License-Identifier: GPL-3.0-or-later */
int example; /* fixme the other half */
