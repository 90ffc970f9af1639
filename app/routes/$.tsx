const notFound = (): never => {
  throw new Response(null, { status: 404 });
};

/**
 * Whatever no other route answers. Without it Remix would name the whole address, tokens and signatures with it, in its
 * answer and on the console.
 */
export const loader = notFound;
export const action = notFound;

export default function Nowhere() {
  return null;
}
