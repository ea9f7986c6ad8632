/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

int main(void)
{
  if (stdin == NULL) { return 1; }
    return 0;
}
