// SPDX-License-Identifier: GPL-3.0-or-later
// The second evaluator of the trees that GET /kinds/{kind} gives; the first is src/playbook/expr/expr_eval.c, and
// tests/playbook/vectors.json holds for both. What expressions mean stands in src/playbook/expr/expr.h.
//
// Beyond the first: where a value is unknown to this page the result is unknown too, unless it would be the same
// whatever the value is.

import * as decimal from "./decimal";
import { DAY_US, dayOfUs, dayStartUs } from "./moment";
import { MISSING, truth, UNKNOWN, valueOf, type Value } from "./value";

export interface Tree {
  op: string;
  type: string;
  value?: unknown;
  space?: string;
  name?: string;
  over?: { space: string; name: string };
  args?: Tree[];
}

export interface Scope {
  get(space: string, name: string, key?: string): Value;
  zone: string;
  line?: Record<string, unknown>; // the current one
}

type Evaluator = (tree: Tree, scope: Scope) => Value;
type Several = (args: Value[], scope: Scope, op: string) => Value;

const QUOTIENT_DECIMALS = 6;
const DURATION_US_MAX = 1n << 53n;
const DAY_FIRST = -25567; // 1900-01-01
const DAY_LAST = 84005; // 2199-12-31

const isTrue = (value: Value): boolean => value.type === "bool" && value.truth;
const isUnknown = (value: Value): boolean => value.type === "unknown";
const isMissing = (value: Value): boolean => value.type === "missing";

function number(found: decimal.Decimal | null): Value {
  return found === null ? MISSING : { type: "number", number: found };
}

function duration(us: bigint): Value {
  return us < -DURATION_US_MAX || us > DURATION_US_MAX ? MISSING : { type: "duration", us, workingDays: 0 };
}

function datetime(us: bigint): Value {
  const within = us >= BigInt(DAY_FIRST) * DAY_US && us < BigInt(DAY_LAST + 1) * DAY_US;
  return within ? { type: "datetime", us } : MISSING;
}

function date(day: number): Value {
  return day < DAY_FIRST || day > DAY_LAST ? MISSING : { type: "date", day };
}

// ---- comparison ----

function sign<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A date as the start of its day. */
function instant(value: Value, scope: Scope): bigint | null {
  if (value.type === "date") return dayStartUs(value.day, scope.zone);
  return value.type === "datetime" ? value.us : null;
}

function textOf(value: Value): string | null {
  return value.type === "text" || value.type === "choice" ? value.text : null;
}

/** Negative, zero or positive as a lies before b; null when they cannot be compared. */
function compare(a: Value, b: Value, scope: Scope): number | null {
  const [left, right] = [textOf(a), textOf(b)];
  if (left !== null && right !== null) return sign(left, right);
  if (a.type === "date" && b.type === "date") return sign(a.day, b.day);
  const [from, to] = [instant(a, scope), instant(b, scope)];
  if (from !== null && to !== null) return sign(from, to);
  if (a.type === "bool" && b.type === "bool") return Number(a.truth) - Number(b.truth);
  if (a.type === "number" && b.type === "number") return decimal.compareDecimals(a.number, b.number);
  if (a.type === "duration" && b.type === "duration")
    return a.workingDays > 0 || b.workingDays > 0 ? null : sign(a.us, b.us);
  if ((a.type === "unit" && b.type === "unit") || (a.type === "person" && b.type === "person")) return sign(a.id, b.id);
  return null;
}

/** Nothing holds of what is missing, whatever the other is. */
function beforeComparing(args: Value[]): Value | null {
  if (args.some(isMissing)) return truth(false);
  return args.some(isUnknown) ? UNKNOWN : null;
}

function comparison(holds: (order: number) => boolean): Several {
  return (args, scope) => {
    const known = beforeComparing(args);
    if (known) return known;
    const order = compare(args[0]!, args[1]!, scope);
    return truth(order !== null && holds(order));
  };
}

const isIn: Several = ([wanted, ...items], scope) => {
  if (isMissing(wanted!)) return truth(false);
  if (items.every(isMissing)) return truth(false);
  if (isUnknown(wanted!)) return UNKNOWN;
  if (items.some((item) => compare(wanted!, item, scope) === 0)) return truth(true);
  return items.some(isUnknown) ? UNKNOWN : truth(false);
};

// ---- conditions ----

/** The first that decides; where none does the result is unknown if one is. */
function until(deciding: boolean): Evaluator {
  return (tree, scope) => {
    let doubtful = false;
    for (const arg of tree.args ?? []) {
      const value = evaluate(arg, scope);
      if (isUnknown(value)) doubtful = true;
      else if (isTrue(value) === deciding) return truth(deciding);
    }
    return doubtful ? UNKNOWN : truth(!deciding);
  };
}

const isEmpty: Several = ([value]) => {
  if (isUnknown(value!)) return UNKNOWN;
  const listed = value!.type === "choices" || value!.type === "lines" ? value!.list.length === 0 : false;
  return truth(isMissing(value!) || textOf(value!) === "" || listed);
};

const isNothing: Several = ([value]) => {
  if (value!.type === "unknown") return value!.present ? truth(false) : UNKNOWN;
  return truth(isMissing(value!));
};

// ---- arithmetic ----

function ofNumbers(op: string, a: decimal.Decimal, b: decimal.Decimal): Value {
  if (op === "+") return number(decimal.add(a, b));
  if (op === "-") return number(decimal.subtract(a, b));
  return number(op === "*" ? decimal.multiply(a, b) : decimal.divide(a, b, QUOTIENT_DECIMALS));
}

function ofDurations(op: string, a: bigint, b: bigint): Value {
  if (op === "+" || op === "-") return duration(op === "+" ? a + b : a - b);
  return ofNumbers("/", decimal.fromInteger(a), decimal.fromInteger(b));
}

function scaled(op: string, us: bigint, by: decimal.Decimal): Value {
  const power = decimal.power(by.scale);
  const [top, bottom] = op === "*" ? [us * by.digits, power] : [us * power, by.digits];
  return bottom === 0n ? MISSING : duration(decimal.divideRounded(top, bottom));
}

function moved(moment: Value, us: bigint): Value {
  if (moment.type === "datetime") return datetime(moment.us + us);
  return moment.type === "date" && us % DAY_US === 0n ? date(moment.day + Number(us / DAY_US)) : MISSING;
}

const isMoment = (value: Value): boolean => value.type === "date" || value.type === "datetime";

const arithmetic: Several = ([a, b], scope, op) => {
  if (a!.type === "number" && b!.type === "number") return ofNumbers(op, a!.number, b!.number);
  if (a!.type === "duration" && a!.workingDays > 0) return MISSING;
  if (b!.type === "duration" && b!.workingDays > 0) return MISSING;
  if (a!.type === "duration" && b!.type === "duration") return ofDurations(op, a!.us, b!.us);
  if (a!.type === "duration" && b!.type === "number") return scaled(op, a!.us, b!.number);
  if (a!.type === "number" && b!.type === "duration") return scaled(op, b!.us, a!.number);
  if (isMoment(a!) && b!.type === "duration") return moved(a!, op === "+" ? b!.us : -b!.us);
  if (a!.type === "duration" && isMoment(b!)) return moved(b!, a!.us);
  if (a!.type === "date" && b!.type === "date") return duration(BigInt(a!.day - b!.day) * DAY_US);
  if (isMoment(a!) && isMoment(b!)) return duration(instant(a!, scope)! - instant(b!, scope)!);
  return MISSING;
};

const negate: Several = ([value]) => {
  if (value!.type === "number") return number(decimal.subtract(decimal.fromInteger(0), value!.number));
  return value!.type === "duration" && value!.workingDays === 0 ? duration(-value!.us) : MISSING;
};

const absolute: Several = (args, scope, op) => {
  const [value] = args;
  const negative = value!.type === "number" ? value!.number.digits < 0n : value!.type === "duration" && value!.us < 0n;
  return negative ? negate(args, scope, op) : value!;
};

const extreme: Several = ([a, b], scope, op) => {
  const order = compare(a!, b!, scope);
  if (order === null) return MISSING;
  return (op === "min") === order <= 0 ? a! : b!;
};

// ---- other functions ----

function dayIn(value: Value, scope: Scope): number | null {
  if (value.type === "datetime") return dayOfUs(value.us, scope.zone);
  return value.type === "date" ? value.day : null;
}

const days: Several = ([from, to], scope) => {
  const [first, last] = [dayIn(from!, scope), dayIn(to!, scope)];
  return first === null || last === null ? MISSING : number(decimal.fromInteger(last - first));
};

const day: Several = ([value], scope) => {
  const found = dayIn(value!, scope);
  return found === null ? MISSING : date(found);
};

const count: Several = ([list]) =>
  list!.type === "choices" || list!.type === "lines" ? number(decimal.fromInteger(list!.list.length)) : MISSING;

const contains: Several = (args) => {
  const [list, code] = args;
  return beforeComparing(args) ?? truth(list!.type === "choices" && list!.list.includes(textOf(code!)));
};

const anyOf: Several = (args) => {
  const [list, codes] = args;
  const known = beforeComparing(args);
  if (known) return known;
  if (list!.type !== "choices" || codes!.type !== "choices") return truth(false);
  const has = list!.list;
  return truth(codes!.list.some((code) => typeof code === "string" && has.includes(code)));
};

const coalesce: Evaluator = (tree, scope) => {
  const first = evaluate(tree.args![0]!, scope);
  return isMissing(first) ? evaluate(tree.args![1]!, scope) : first;
};

/** The tree of units is the program's alone: a page knows only that a unit is under itself. */
const under: Several = ([unit, above]) => {
  if (isMissing(unit!) || isMissing(above!)) return truth(false);
  if (isUnknown(unit!) || isUnknown(above!)) return UNKNOWN;
  if (unit!.type !== "unit" || above!.type !== "unit") return truth(false);
  return unit!.id === above!.id ? truth(true) : UNKNOWN;
};

const table: Evaluator = (tree, scope) => {
  const key = evaluate(tree.args![0]!, scope);
  if (isUnknown(key)) return UNKNOWN;
  const text = textOf(key);
  return text === null ? MISSING : scope.get("table", tree.name!, text);
};

// ---- lines ----

function linesOf(tree: Tree, scope: Scope): Value {
  return scope.get(tree.over!.space, tree.over!.name);
}

const overLines: Evaluator = (tree, scope) => {
  const lines = linesOf(tree, scope);
  const sums = tree.op === "sum" || tree.op === "count_if";
  if (isUnknown(lines)) return UNKNOWN;
  if (lines.type !== "lines") return sums ? MISSING : truth(false);
  const found = lines.list.map((line) => evaluate(tree.args![0]!, { ...scope, line: line as Record<string, unknown> }));
  if (tree.op === "any" || tree.op === "all") return decided(found, tree.op === "any");
  if (found.some(isUnknown)) return UNKNOWN;
  if (tree.op === "count_if") return number(decimal.fromInteger(found.filter(isTrue).length));
  return found.filter((value) => value.type === tree.type).reduce(plus, zero(tree.type));
};

function decided(found: Value[], deciding: boolean): Value {
  if (found.some((value) => !isUnknown(value) && isTrue(value) === deciding)) return truth(deciding);
  return found.some(isUnknown) ? UNKNOWN : truth(!deciding);
}

function zero(type: string): Value {
  return type === "duration" ? duration(0n) : number(decimal.fromInteger(0));
}

function plus(sum: Value, next: Value): Value {
  if (sum.type === "number" && next.type === "number") return number(decimal.add(sum.number, next.number));
  if (sum.type !== "duration" || next.type !== "duration" || next.workingDays > 0) return MISSING;
  return duration(sum.us + next.us);
}

// ---- the table ----

/** Of the values of all arguments. What is missing comes before what is unknown: the result is missing either way. */
function strict(of: Several): Evaluator {
  return (tree, scope) => {
    const args = valuesOf(tree, scope);
    if (args.some(isMissing)) return MISSING;
    return args.some(isUnknown) ? UNKNOWN : of(args, scope, tree.op);
  };
}

function lenient(of: Several): Evaluator {
  return (tree, scope) => of(valuesOf(tree, scope), scope, tree.op);
}

function valuesOf(tree: Tree, scope: Scope): Value[] {
  return (tree.args ?? []).map((arg) => evaluate(arg, scope));
}

const evaluators: Record<string, Evaluator> = {
  literal: (tree) => valueOf(tree.type, tree.value),
  name: (tree, scope) => scope.get(tree.space!, tree.name!),
  table,
  or: until(true),
  and: until(false),
  not: lenient(([value]) => (isUnknown(value!) ? UNKNOWN : truth(!isTrue(value!)))),
  "=": lenient(comparison((order) => order === 0)),
  "!=": lenient(comparison((order) => order !== 0)),
  "<": lenient(comparison((order) => order < 0)),
  "<=": lenient(comparison((order) => order <= 0)),
  ">": lenient(comparison((order) => order > 0)),
  ">=": lenient(comparison((order) => order >= 0)),
  in: lenient(isIn),
  is_missing: lenient(isNothing),
  is_empty: lenient(isEmpty),
  "+": strict(arithmetic),
  "-": strict(arithmetic),
  "*": strict(arithmetic),
  "/": strict(arithmetic),
  negate: strict(negate),
  min: strict(extreme),
  max: strict(extreme),
  abs: strict(absolute),
  days: strict(days),
  day: strict(day),
  count: strict(count),
  contains: lenient(contains),
  any_of: lenient(anyOf),
  coalesce,
  under: lenient(under),
  above: strict(() => UNKNOWN),
  sum: overLines,
  any: overLines,
  all: overLines,
  count_if: overLines,
  line: (tree, scope) => valueOf(tree.type, scope.line?.[tree.name!]),
};

export function evaluate(tree: Tree, scope: Scope): Value {
  return evaluators[tree.op]?.(tree, scope) ?? UNKNOWN;
}

/** Whether a condition holds; null where this page cannot know. No condition holds always. */
export function holds(tree: Tree | undefined, scope: Scope): boolean | null {
  if (!tree) return true;
  const value = evaluate(tree, scope);
  return isUnknown(value) ? null : isTrue(value);
}
