/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands before the C library in the program under test (LD_PRELOAD): while the file that $BROKEN_DISK names exists,
 * fsync and fdatasync fail with EIO, or, when it holds `hang`, never return; when it holds `parts`, they are well, and
 * write() to a file takes a thousand bytes, or is interrupted, in turns.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES 1000

/* The first letter of what the file holds; 0 there is none. */
static char how_broken(void)
{
    const char *path = getenv("BROKEN_DISK");
    char how = 'f';
    int file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    if (read(file, &how, 1) != 1)
        how = 'f';
    close(file);
    return how;
}

static int sync_with(const char *name, int fd)
{
    char how = how_broken();
    if (how == 0 || how == 'p') {
        int (*real)(int);
        *(void **)&real = dlsym(RTLD_NEXT, name);
        return real(fd);
    }
    while (how == 'h')
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

ssize_t write(int fd, const void *data, size_t bytes)
{
    static _Atomic unsigned turn;
    struct stat status;
    ssize_t (*real)(int, const void *, size_t);
    *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || how_broken() != 'p')
        return real(fd, data, bytes);
    if (turn++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return real(fd, data, bytes < PART_BYTES ? bytes : PART_BYTES);
}
