// SPDX-License-Identifier: GPL-3.0-or-later
// What fields of forms say that are more than a text: rows, other matters, persons, posts, evidence.

export default {
  lines: {
    add: "Add a row",
    drop: "Remove",
    up: "Move up",
    down: "Move down",
    row: "{what}, row {n}",
    count: "{n} of at most {most}",
    least: "At least {n} rows",
    most: "At most {n} rows",
    lacks: "Row {n}, still to be filled in or mended: {what}",
    which: "Which of them",
  },
  refs: {
    expected: "Expectation {n}",
    entry: "Entry {n}",
    add: "Add evidence",
    kind: "Kind of matter",
    from: "Out of which matter",
    choose: "Choose what it shows",
    none: "Nothing was entered or expected there.",
    done: "Done",
  },
  pick: {
    find: "Find in its text",
    list: "Find",
    none: "There is none that you see.",
    other: "Choose another",
    more: "Only the first {n} are shown; look for part of the text.",
    matter: "Open the matter",
    person: "Open the person",
    post: "About which post",
    postUnit: "Unit of the post",
    noPost: "Nobody holds a post there.",
    unit: "About which unit",
    where: "Where it stands",
    aMatter: "Another matter",
    aPerson: "A person",
  },
};
