//! Enums whose variants have names: in Rust an enum as any other, in JavaScript the names, as a union of strings.

/// Declares such an enum. `$module` holds its twin for JavaScript, a string enum of wasm-bindgen: that has one variant
/// more, for what is no name, so the pure modules use their own.
macro_rules! names {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident in $module:ident {
            $($(#[$doc:meta])* $Variant:ident = $name:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Name {
            $($(#[$doc])* $Variant,)*
        }

        impl $Name {
            /// Every one, in the order of the documentation.
            pub const ALL: [Self; [$($name,)*].len()] = [$(Self::$Variant,)*];

            /// As JavaScript knows it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $name,)* }
            }
        }

        #[cfg(target_arch = "wasm32")]
        #[doc(hidden)]
        pub mod $module {
            #[wasm_bindgen::prelude::wasm_bindgen]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $Name {
                $($Variant = $name,)*
            }

            impl From<super::$Name> for $Name {
                fn from(of: super::$Name) -> Self {
                    match of { $(super::$Name::$Variant => Self::$Variant,)* }
                }
            }

            impl From<$Name> for super::$Name {
                fn from(of: $Name) -> Self {
                    match of {
                        $($Name::$Variant => Self::$Variant,)*
                        _ => panic!("a name that is not declared"),
                    }
                }
            }

            impl wasm_bindgen::describe::WasmDescribe for super::$Name {
                fn describe() {
                    <$Name as wasm_bindgen::describe::WasmDescribe>::describe();
                }
            }

            impl wasm_bindgen::convert::IntoWasmAbi for super::$Name {
                type Abi = <$Name as wasm_bindgen::convert::IntoWasmAbi>::Abi;

                fn into_abi(self) -> Self::Abi {
                    $Name::from(self).into_abi()
                }
            }

            impl wasm_bindgen::convert::OptionIntoWasmAbi for super::$Name {
                fn none() -> Self::Abi {
                    <$Name as wasm_bindgen::convert::OptionIntoWasmAbi>::none()
                }
            }
        }
    };
}
pub(crate) use names;
