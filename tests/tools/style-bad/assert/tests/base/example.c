/* SPDX-License-Identifier: GPL-3.0-or-later */
void example(int count)
{
    assert(count > 0);
}
