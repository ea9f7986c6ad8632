/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member called two is no use of two(), nor is its name in a text. */
struct pair {
    int two;
};

int second(const struct pair *pair);

int second(const struct pair *pair)
{
    return pair->two == 2 ? 1 : "two()"[0];
}
