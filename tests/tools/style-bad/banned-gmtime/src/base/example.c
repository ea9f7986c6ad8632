/* SPDX-License-Identifier: GPL-3.0-or-later */
int example(char *text)
{
    return gmtime(text);
}
