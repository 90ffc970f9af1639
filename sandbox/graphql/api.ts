import type { GraphQLResolveInfo } from "graphql";
import type { SandboxContext } from "#sandbox/context.ts";
import type { Caller } from "#sandbox/oauth/tokens.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { ShopState } from "#sandbox/store/types.ts";

/** What every resolver is given: the shop called, who calls, and the sandbox behind it. */
/** Makes nodes that other resources lead back to; handed around so that the resources need not import each other in circles. */
export interface NodeMakers {
  order(api: Api, order: Order): Source;
  orders(api: Api, orders: readonly Order[], args: Args): Source;
}

export interface Api {
  sandbox: SandboxContext;
  /** The shop's permanent domain. */
  shop: string;
  state: ShopState;
  caller: Caller;
  nodes: NodeMakers;
  /** A bulk operation: connections come whole, without `first`. */
  isBulk: boolean;
  /** Runs the query of a bulk operation as this caller. */
  runBulk: (query: string) => Promise<{ data: unknown; error: string | null }>;
}

export type Args = Readonly<Record<string, unknown>>;
/** A GraphQL object: values, or functions of the arguments. A field that is not here is one the sandbox lacks. */
export type Source = Record<string, unknown>;
export type Resolver = (args: Args, api: Api, info: GraphQLResolveInfo) => unknown;
export type Resolvers = Readonly<Record<string, Resolver>>;
