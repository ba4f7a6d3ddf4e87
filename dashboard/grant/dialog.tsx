import Modal from '@cloudscape-design/components/modal';
import { type ReactNode, useEffect } from 'react';

type DialogProps = {
  readonly title: string;
  readonly children: ReactNode;
  readonly actions: ReactNode;
  readonly onClose: () => void;
};

/**
 * Asks before something that cannot be taken back. The page behind it is out of reach meanwhile, and gets the focus back
 * where it was.
 */
export function Dialog({ title, children, actions, onClose }: DialogProps) {
  useEffect(() => {
    const page = document.getElementById('page');
    const before = document.activeElement;
    page?.setAttribute('inert', '');
    page?.setAttribute('aria-hidden', 'true');
    return () => {
      page?.removeAttribute('inert');
      page?.removeAttribute('aria-hidden');
      requestAnimationFrame(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, []);
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={<div className="grant-dialog-actions">{actions}</div>}
    >
      <div className="grant-dialog">{children}</div>
    </Modal>
  );
}
