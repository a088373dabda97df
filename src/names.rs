//! Enums whose variants have names. In Rust, each is an ordinary enum; in JavaScript, it is a union of the names as
//! strings.

/// Declares such an enum. `$module` holds its twin for JavaScript, a string enum of wasm-bindgen. The twin has one more
/// variant, for a string that is no name, so the pure modules use an enum of their own.
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
            /// Every variant, in the order of the documentation.
            pub const ALL: [Self; [$($name,)*].len()] = [$(Self::$Variant,)*];

            /// The name that JavaScript uses.
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
