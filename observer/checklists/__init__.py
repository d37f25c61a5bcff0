"""Form definitions: XLSForm in, WTForms class out; hands on a form."""
