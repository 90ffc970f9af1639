/**
 * Fetches a file with the session's token, which a plain link does not carry, and hands it to the browser.
 *
 * @returns whether it was there
 */
export async function downloadFile(url: string, fileName: string): Promise<boolean> {
  try {
    const reply = await fetch(url);
    if (!reply.ok) return false;
    const address = URL.createObjectURL(await reply.blob());
    const link = document.createElement("a");
    link.href = address;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(address);
    return true;
  } catch {
    return false;
  }
}
