// SPDX-License-Identifier: GPL-3.0-or-later
// All that happens on a phone that keeps something.

import { newcomerScenarios } from "./newcomers.mjs";
import { offline } from "./offline.mjs";
import { photoScenarios } from "./photos.mjs";

export const phones = { ...offline, ...photoScenarios, ...newcomerScenarios };
