/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may send files now: places, a day's share, room on the disk; and networks of addresses. */
#include "api/address.h"
#include "api/uploads.h"
#include "base/clock.h"
#include "base/limits.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <sys/statvfs.h>

#define MANY_FREE 1 /* a floor that any disk is above */

static void is_refused(struct uploads *uploads, int64_t account, int64_t bytes, int64_t now_us, enum problem_code code)
{
    AUTO(problem) struct problem *problem = uploads_begin(uploads, account, bytes, now_us);
    g_assert_nonnull(problem);
    g_assert_cmpstr(problem_texts[problem->code].name, ==, problem_texts[code].name);
}

static void is_taken(struct uploads *uploads, int64_t account, int64_t bytes, int64_t now_us)
{
    g_assert_null(uploads_begin(uploads, account, bytes, now_us));
}

static void places(void)
{
    struct uploads *uploads = uploads_new(".", MANY_FREE, 0);
    for (int i = 0; i < LIMIT_UPLOADS_AT_ONCE; i++)
        is_taken(uploads, 1 + i / LIMIT_UPLOADS_OF_ACCOUNT, 1, 0);
    is_refused(uploads, 1, 1, 0, PROBLEM_TOO_MANY_REQUESTS);   /* their own are taken */
    is_refused(uploads, 999, 1, 0, PROBLEM_TOO_MANY_REQUESTS); /* all are */
    uploads_end(uploads, 1, 1, 1);
    is_taken(uploads, 999, 1, 0);
    is_refused(uploads, 1, 1, 0, PROBLEM_TOO_MANY_REQUESTS);
    uploads_free(uploads);
}

static void of_a_day(void)
{
    struct uploads *uploads = uploads_new(".", MANY_FREE, 0);
    for (int i = 0; i < LIMIT_UPLOADS_A_DAY; i++) {
        is_taken(uploads, 1, 10, i);
        uploads_end(uploads, 1, 10, 10);
    }
    is_refused(uploads, 1, 1, US_PER_DAY - US_PER_SECOND, PROBLEM_UPLOAD_QUOTA_SPENT);
    AUTO(problem) struct problem *problem = uploads_begin(uploads, 1, 1, US_PER_DAY - 60 * US_PER_SECOND);
    g_assert_cmpstr(problem->args[0], ==, "61");
    is_taken(uploads, 2, 1, 0);
    is_taken(uploads, 1, 1, US_PER_DAY);
    /* bytes count as they came, not as they were announced */
    is_taken(uploads, 3, LIMIT_UPLOAD_BYTES_A_DAY, 0);
    is_refused(uploads, 3, 1, 0, PROBLEM_UPLOAD_QUOTA_SPENT);
    uploads_end(uploads, 3, LIMIT_UPLOAD_BYTES_A_DAY, LIMIT_UPLOAD_BYTES_A_DAY / 2);
    is_refused(uploads, 3, LIMIT_UPLOAD_BYTES_A_DAY / 2 + 1, 0, PROBLEM_UPLOAD_QUOTA_SPENT);
    is_taken(uploads, 3, LIMIT_UPLOAD_BYTES_A_DAY / 2, 0);
    uploads_free(uploads);
}

/* What has been promised counts as written. */
static void room(void)
{
    struct statvfs disk;
    g_assert_cmpint(statvfs(".", &disk), ==, 0);
    int64_t free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    struct uploads *full = uploads_new(".", G_MAXINT64, 0);
    is_refused(full, 1, 1, 0, PROBLEM_DISK_NEARLY_FULL);
    uploads_free(full);
    int64_t gib = 1024 * 1024 * 1024;
    if (free_bytes < 4 * gib) {
        g_test_skip("the disk of the tests is nearly full");
        return;
    }
    struct uploads *uploads = uploads_new(".", free_bytes - 3 * gib, 0);
    is_taken(uploads, 1, gib, 0); /* twice, as it comes and sealed */
    is_refused(uploads, 1, gib, 0, PROBLEM_DISK_NEARLY_FULL);
    uploads_end(uploads, 1, gib, 0);
    is_taken(uploads, 1, gib, 0);
    uploads_free(uploads);
}

static void networks(void)
{
    static const struct {
        const char *given, *address, *network;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:db8:1:2::9", "2001:db8:1:2::9", "2001:db8:1:2::/64"},
        {"2001:db8:1:3::9", "2001:db8:1:3::9", "2001:db8:1:3::/64"},
        {"::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"},
        {"::1", "::1", "::/64"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct sockaddr_in four = {.sin_family = AF_INET};
        struct sockaddr_in6 six = {.sin6_family = AF_INET6};
        bool is_four = inet_pton(AF_INET, rows[i].given, &four.sin_addr) == 1;
        char address[ADDRESS_TEXT_MAX], network[ADDRESS_TEXT_MAX];
        g_assert_true(is_four || inet_pton(AF_INET6, rows[i].given, &six.sin6_addr) == 1);
        address_format(is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six, address, network);
        g_assert_cmpstr(address, ==, rows[i].address);
        g_assert_cmpstr(network, ==, rows[i].network);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uploads/places", places);
    g_test_add_func("/uploads/of-a-day", of_a_day);
    g_test_add_func("/uploads/room", room);
    g_test_add_func("/uploads/networks", networks);
    return g_test_run();
}
