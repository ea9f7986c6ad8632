/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands before the C library in the program under test (LD_PRELOAD): while the file that $BROKEN_DISK names exists,
 * fsync and fdatasync fail with EIO, or, when it holds `hang`, never return.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int sync_with(const char *name, int fd)
{
    const char *path = getenv("BROKEN_DISK");
    char how = 0;
    int file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) {
        int (*real)(int);
        *(void **)&real = dlsym(RTLD_NEXT, name);
        return real(fd);
    }
    ssize_t got = read(file, &how, 1);
    close(file);
    while (got == 1 && how == 'h')
        pause();
    errno = EIO;
    return -1;
}

int fsync(int fd)
{
    return sync_with("fsync", fd);
}

int fdatasync(int fd)
{
    return sync_with("fdatasync", fd);
}
