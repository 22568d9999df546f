import { ActionIcon, Code, CopyButton, Group } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { usePartWords } from "./words.ts";

/** A text that one takes elsewhere. @param block true for what has lines */
export function CopyText({ text, block = false }: { readonly text: string; readonly block?: boolean }): ReactNode {
  const say = usePartWords();
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Code block={block} className="wrap" style={{ flex: block ? 1 : undefined, whiteSpace: block ? "pre-wrap" : undefined }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={say(copied ? "copied" : "copy")} onClick={copy}>
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
