import { createContext } from "react";

/** The nonce of this response's inline scripts; empty in the browser, where it has done its work. */
export const NonceContext = createContext("");
