// SPDX-License-Identifier: GPL-3.0-or-later
export default {
  requests: {
    figures: "Figures",
    groups: "By what comes next",
    order: "What is due first comes first.",
    keys: "Keys: j, k up and down, Enter opens, a number enters, Esc back to the list.",
    narrow: "Search and filter",
    empty: "There is no such request.",
    noKind: "The playbook in force has no kind that is given to units and that you handle or see.",
    changed: "The list has changed",
    list: "Back to the list",
    before: "Previous",
    after: "Next",
    whole: "The whole matter",
    nothingForMe: "There is nothing for you to enter in it now.",
    times: "{what} ×{n}",
  },
};
