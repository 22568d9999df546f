import { Button, Group, Modal, Stack, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";
import { failed } from "./notices.tsx";
import { usePartWords } from "./words.ts";

/** A button for what cannot be taken back: it asks first, in a dialog that says what will happen. */
export function Confirm({
  text,
  question,
  children,
  act,
  onAct,
  ...button
}: Omit<ButtonProps, "children"> & {
  readonly text: ReactNode;
  readonly question: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** Name of the button that does it. */
  readonly act: string;
  readonly onAct: () => Promise<unknown>;
}): ReactNode {
  const say = usePartWords();
  const [isOpen, { open, close }] = useDisclosure();
  const [isBusy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await onAct();
      close();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button {...button} onClick={open}>
        {text}
      </Button>
      <Modal opened={isOpen} onClose={close} title={question} centered closeButtonProps={{ "aria-label": say("close") }}>
        <Stack>
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {say("cancel")}
            </Button>
            <Button color="red" loading={isBusy} onClick={() => void run()}>
              {act}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
