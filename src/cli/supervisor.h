/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * supervisor - what the service manager is told: sd_notify(3), by its protocol (a datagram to $NOTIFY_SOCKET), so that
 * nothing of systemd is linked.
 *
 * Shape   without a socket in the environment nothing is sent.
 */
#ifndef CLI_SUPERVISOR_H
#define CLI_SUPERVISOR_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=...", or several lines of them. */
void supervisor_notify(const char *state);
/* How often it wants to hear WATCHDOG=1, from $WATCHDOG_USEC; 0 never. */
int64_t supervisor_watchdog_us(void);

#endif
