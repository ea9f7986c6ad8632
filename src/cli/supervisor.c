/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/supervisor.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or behind "@" a name in the abstract namespace. 0: neither, or too long. */
static socklen_t read_address(const char *text, struct sockaddr_un *out)
{
    size_t length = text != NULL ? strlen(text) : 0;
    if (length < 2 || (*text != '/' && *text != '@') || length >= sizeof out->sun_path)
        return 0;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path, text, length);
    if (*text == '@')
        out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void supervisor_notify(const char *state)
{
    struct sockaddr_un address;
    socklen_t length = read_address(g_getenv("NOTIFY_SOCKET"), &address);
    int fd = length > 0 ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0)
        return;
    /* Whoever manages the service notices what is missing. */
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    close(fd);
}

int64_t supervisor_watchdog_us(void)
{
    const char *every = g_getenv("WATCHDOG_USEC"), *pid = g_getenv("WATCHDOG_PID");
    gint64 us;
    if (every == NULL || !g_ascii_string_to_signed(every, 10, 1, INT64_MAX, &us, NULL))
        return 0;
    return pid == NULL || g_ascii_strtoll(pid, NULL, 10) == getpid() ? us : 0;
}
