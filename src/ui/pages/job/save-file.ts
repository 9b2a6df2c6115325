// Hands a file to the browser's downloads.

/** The browser reads the blob after the click; a minute is more than it needs. */
const RELEASE_MS = 60_000;

export function saveFile(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS);
}
