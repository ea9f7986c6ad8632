// SPDX-License-Identifier: GPL-3.0-or-later
// Exact decimal numbers as the program has them (src/base/decimal.c): 37.3 is {373, 1}; null where 64 bits do not hold it.

export interface Decimal {
  digits: bigint;
  scale: number; // 0 to 9
}

const SCALE_MAX = 9;
const MOST = (1n << 63n) - 1n;

export function power(scale: number): bigint {
  return 10n ** BigInt(scale);
}

export function fromInteger(value: bigint | number): Decimal {
  return { digits: BigInt(value), scale: 0 };
}

/** [-]d+[.d+] and nothing else; what follows the ninth place must be zeros. */
export function parseDecimal(text: string): Decimal | null {
  const found = /^(-?)(\d+)(?:\.(\d{1,9})0*)?$/.exec(text);
  if (!found) return null;
  const fraction = found[3] ?? "";
  const digits = BigInt(found[2]! + fraction);
  if (digits > MOST) return null;
  return { digits: found[1] ? -digits : digits, scale: fraction.length };
}

export function formatDecimal({ digits, scale }: Decimal): string {
  const magnitude = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const whole = magnitude.slice(0, magnitude.length - scale);
  const fraction = scale > 0 ? `.${magnitude.slice(magnitude.length - scale)}` : "";
  return `${digits < 0n ? "-" : ""}${whole}${fraction}`;
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const left = a.digits * power(b.scale);
  const right = b.digits * power(a.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

function fit(digits: bigint, scale: number): Decimal | null {
  while (scale > SCALE_MAX || (scale > 0 && digits % 10n === 0n)) {
    digits /= 10n;
    scale--;
  }
  return digits > MOST || digits < -MOST - 1n ? null : { digits, scale };
}

export function add(a: Decimal, b: Decimal): Decimal | null {
  const scale = Math.max(a.scale, b.scale);
  return fit(a.digits * power(scale - a.scale) + b.digits * power(scale - b.scale), scale);
}

export function subtract(a: Decimal, b: Decimal): Decimal | null {
  const scale = Math.max(a.scale, b.scale);
  return fit(a.digits * power(scale - a.scale) - b.digits * power(scale - b.scale), scale);
}

export function multiply(a: Decimal, b: Decimal): Decimal | null {
  return fit(a.digits * b.digits, a.scale + b.scale);
}

/** The quotient rounded half away from zero. */
export function divideRounded(top: bigint, bottom: bigint): bigint {
  if (bottom < 0n) return divideRounded(-top, -bottom);
  return (top + (top < 0n ? -(bottom / 2n) : bottom / 2n)) / bottom;
}

/** Rounded half away from zero to `scale` places; null when b is zero. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal | null {
  if (b.digits === 0n) return null;
  return fit(divideRounded(a.digits * power(b.scale) * power(scale), b.digits * power(a.scale)), scale);
}
