/** The page of last resort, when not even Remix could answer: plain, in both languages, and nothing of what failed. */
export function errorPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Dangol</title>
<h1>Dangol cannot answer right now</h1>
<p>Nothing you entered was changed. Please try again in a minute.</p>
<div lang="ko">
<h1>지금은 Dangol이 응답할 수 없어요</h1>
<p>입력한 내용은 바뀌지 않았어요. 잠시 후 다시 시도해 주세요.</p>
</div>
</html>
`;
}
