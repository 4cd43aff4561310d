/** A receipt is well readable so, and goes through a slow network in seconds. */
const LONGEST_SIDE_PX = 1600;
const QUALITY = 0.85;
/** Below this there is nothing to gain. */
const SMALL_BYTES = 300_000;

/** A photo as a JPEG of a sensible size; as it is, where the browser cannot read or draw it. */
export async function shrinkPicture(file) {
  if (file.size < SMALL_BYTES) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    return file;
  }
}
