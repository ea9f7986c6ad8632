/* SPDX-License-Identifier: GPL-3.0-or-later */
int example; /* FIXME the other half */
