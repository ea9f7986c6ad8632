/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"

#include "access/access.h"
#include "engine/engine.h"
#include "matter/matter.h"
#include "registry/registry.h"

const struct area *const lianfang_areas[] = {&engine_area, &registry_area, &matter_area, &access_area, NULL};
