import { createContext, useContext, useMemo } from "react";
import type { ReactNode } from "react";
import { createWords } from "./words.ts";
import type { Words, WordsContext } from "./words.ts";

export interface AdminShop extends WordsContext {
  shopId: string;
  name: string;
  apiKey: string;
}

export type AdminValue = Words & { shop: AdminShop };

const AdminContext = createContext<AdminValue | null>(null);

/** Gives every page its words and the shop it is about. */
export function AdminProvider({ shop, children }: { shop: AdminShop; children: ReactNode }) {
  const value = useMemo(() => ({ ...createWords(shop), shop }), [shop]);
  return <AdminContext.Provider value={value}>{children}</AdminContext.Provider>;
}

/** The words and the shop of the page; only inside AdminProvider. */
export function useAdmin(): AdminValue {
  const value = useContext(AdminContext);
  if (!value) throw new Error("useAdmin is used outside AdminProvider");
  return value;
}
