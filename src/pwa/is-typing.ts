// Whether a page holds words of a person that a reload would lose.

/** What has no words in it, or keeps them by itself. */
const WORDLESS = new Set(['button', 'checkbox', 'color', 'file', 'hidden', 'image', 'radio', 'range', 'reset', 'submit']);

export function isTyping(page: Document): boolean {
  const fields = page.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
  return [...fields].some((field) => !WORDLESS.has(field.type) && !field.readOnly && !field.disabled && field.value !== field.defaultValue);
}
