import { useRef } from "react";
import { useProgramEditor } from "./editor-context.tsx";

/**
 * Whether anything under that path is wrong, or was since the page came up: fields that are shown for being wrong do not
 * vanish from under the hand that mends them.
 */
export function useOnceWrong(path: string): boolean {
  const { wrongUnder } = useProgramEditor();
  const once = useRef(false);
  if (wrongUnder(path)) once.current = true;
  return once.current;
}
