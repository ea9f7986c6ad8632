// SPDX-License-Identifier: GPL-3.0-or-later
// A photo as it is sent: small enough for a poor network, and drawn anew, so that nothing of where and by which phone
// it was taken goes with it.

export const FILE_MOST_BYTES = 8 * 1024 * 1024; // as the program takes it
const WANTED_BYTES = 300_000;
const TRIES: readonly [longest: number, quality: number][] = [
  [1600, 0.82],
  [1600, 0.6],
  [1280, 0.6],
  [1024, 0.5],
];

/** The same shape, no side longer than that, and never larger than it was. */
export function fitted(width: number, height: number, longest: number): [width: number, height: number] {
  const by = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * by)), Math.max(1, Math.round(height * by))];
}

/** Null: this browser cannot read it as a picture. */
async function pictureOf(file: Blob): Promise<HTMLImageElement | null> {
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image.naturalWidth > 0 ? image : null;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawn(image: HTMLImageElement, longest: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(image.naturalWidth, image.naturalHeight, longest);
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  pen.fillStyle = "#fff"; // what is see-through would come out black
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height); // upright, as its EXIF says
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

/** Null: it is no picture that this browser can read. */
export async function shrink(file: Blob): Promise<Blob | null> {
  const image = await pictureOf(file);
  if (!image) return null;
  let found: Blob | null = null;
  for (const [longest, quality] of TRIES) {
    found = (await drawn(image, longest, quality)) ?? found;
    if (found && found.size <= WANTED_BYTES) break;
  }
  return found;
}
