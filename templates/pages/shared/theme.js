/* Runs before the first paint, so that a remembered theme never flashes the other one. */
"use strict";
const THEME_KEPT = "microgpt.theme";
const kept = (storage, key) => { try { return storage.getItem(key); } catch { return null; } };
const keep = (storage, key, value) => {
  try { value === null ? storage.removeItem(key) : storage.setItem(key, value); } catch { /* a page without storage still works */ }
};
{
  const theme = kept(localStorage, THEME_KEPT);
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
