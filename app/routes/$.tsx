/**
 * Whatever no other route answers. Without it Remix would name the whole address, tokens and signatures with it, in its
 * answer and on the console.
 */
export function loader(): never {
  throw new Response(null, { status: 404 });
}

export const action = loader;

export default function Nowhere() {
  return null;
}
