// The types of `OAuthTypes` that stand in this library's API come with it, so that a resource server imports one module.
@_exported public import OAuthTypes
