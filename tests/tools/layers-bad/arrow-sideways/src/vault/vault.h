/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vault - an example.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

int vault(void);

#endif
