/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact_value - the current value of a fact of a matter, for expressions; lifecycle/facts.h has how it is stored.
 *
 * Owner   texts are borrowed from the view.
 */
#ifndef MATTER_VIEW_FACT_VALUE_H
#define MATTER_VIEW_FACT_VALUE_H

#include "matter/view/view.h"

/* `key`: the code, of a fact kept by codes. */
struct value facts_value(struct matter_view *view, int index, const struct value *key);
/* A number as it is stored among the facts; VALUE_MISSING for anything else. */
struct value facts_number(const json_t *stored);

#endif
