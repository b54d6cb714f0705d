using Nua.Foundation;

namespace Nua.Attest.Keys;

/// <summary>What can be wrong with a key. No message ever holds a part of a key or a passphrase.</summary>
internal static class KeyProblem
{
    private const string Convert =
        "'nua key generate' makes a pair; 'openssl pkcs8 -topk8 -in KEY' turns other forms of a P-256 key into this one";

    public static ProblemException CannotRead(string where, string why, Exception? inner = null) => new(
        new Problem("NUA3920", "the key cannot be read") { Where = Printable.Escape(where, 300), Why = why }, inner);

    public static ProblemException NotAPrivateKey(string where, string why, Exception? inner = null) => new(
        new Problem("NUA3921", "this is not a private key to sign with")
        {
            Where = Printable.Escape(where, 300),
            Why = why,
            Remedy = Convert,
        }, inner);

    public static ProblemException NeedsPassphrase(string where) => new(
        new Problem("NUA3922", "the private key is protected with a passphrase, and none was given")
        {
            Where = Printable.Escape(where, 300),
            Remedy = "put it into the variable NUA_KEY_PASSPHRASE (cosign's COSIGN_PASSWORD works too), or into a file: --passphrase-file FILE",
        });

    public static ProblemException WrongPassphrase(string where, Exception? inner = null) => new(
        new Problem("NUA3923", "the passphrase does not open the private key") { Where = Printable.Escape(where, 300) }, inner);

    public static ProblemException NotAPublicKey(string where, string why, Exception? inner = null) => new(
        new Problem("NUA3924", "this is not a public key to verify with")
        {
            Where = Printable.Escape(where, 300),
            Why = why,
            Remedy = "give the file with 'BEGIN PUBLIC KEY' of an ECDSA P-256 pair; 'nua key public KEY' prints it for a private key",
        }, inner);
}
