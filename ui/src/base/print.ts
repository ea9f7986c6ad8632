// SPDX-License-Identifier: GPL-3.0-or-later
// A card of a page, printed alone: the rest is not for whoever gets it, and takes no room on the paper.

/** A copy of it stands beside the application until it has been printed; `.card-alone` and `.print-card` in style/. */
export async function printAlone(card: HTMLElement): Promise<void> {
  const copy = card.cloneNode(true) as HTMLElement;
  copy.classList.add("card-alone");
  document.body.append(copy);
  await Promise.all([...copy.querySelectorAll("img")].map((image) => image.decode()));
  document.documentElement.classList.add("print-card");
  window.addEventListener(
    "afterprint",
    () => {
      document.documentElement.classList.remove("print-card");
      copy.remove();
    },
    { once: true },
  );
  window.print();
}
