/** One line of Shopify's `userErrors`: where in the input, what to tell a person, and a code to branch on. */
export interface UserError {
  field: string[] | null;
  message: string;
  code: string;
}

/** An action that Shopify would refuse with userErrors. Nothing has changed when it is thrown. */
export class Refusal extends Error {
  readonly userErrors: UserError[];

  constructor(userErrors: UserError[]) {
    super(userErrors.map((error) => error.message).join("; "));
    this.name = "Refusal";
    this.userErrors = userErrors;
  }
}

/** Throws a refusal of one error. */
export function refuse(field: string[] | null, message: string, code: string): never {
  throw new Refusal([{ field, message, code }]);
}
