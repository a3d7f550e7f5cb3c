// Has the service paint an image again from the settings in its file, and says whether it is the same.
import { send } from './service.js';

export async function verify(image) {
  const file = await (await send(image.url, { accept: 'image/png' })).blob();
  let path = '/v1/images/verify';
  for (;;) {
    const reply = await send(path, { method: 'POST', type: 'image/png', body: file });
    const result = await reply.json();
    if (reply.status === 200) return result;
    path = result.again;
  }
}

export function inWords({ identical, pixels_identical, differs }) {
  if (identical) return 'Identical, byte by byte.';
  const causes = differs.filter(({ what }) => !['pixels', 'bytes', 'size'].includes(what)).map(({ what }) => what);
  const cause = causes.length ? ` Different here: ${causes.join(', ')}.` : '';
  return (pixels_identical ? 'The same pixels in another file.' : 'Not the same.') + cause;
}
