using Nua.Agent.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// The last line of a manifest: the SHA-256 of every byte before it. What files hold has a hash in the manifest; this
/// is for what only the manifest knows, such as the data version, owners and times.
/// </summary>
internal static class ManifestSeal
{
    private const int _pieceBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Before => ",\n  \"sha256\": \""u8;

    private static ReadOnlySpan<byte> After => "\"\n}"u8;

    /// <summary>What follows the bytes that the hash is of.</summary>
    public static byte[] Of(string hash) => [.. Before, .. System.Text.Encoding.ASCII.GetBytes(hash), .. After];

    /// <returns>true when no byte of the manifest has changed since it was sealed.</returns>
    public static bool Holds(int fd, string path)
    {
        var length = Before.Length + 64 + After.Length;
        var left = FileStatus.OfOpen(fd).Size - length;
        if (left < 0)
        {
            return false;
        }

        var hash = new Sha256();
        var piece = new byte[_pieceBytes];
        for (var offset = 0L; offset < left;)
        {
            var count = FileBytes.Read(fd, piece.AsSpan(0, (int)Math.Min(piece.Length, left - offset)), offset, path);
            if (count == 0)
            {
                return false;
            }

            hash.Append(piece.AsSpan(0, count));
            offset += count;
        }

        var seal = piece.AsSpan(0, length);
        return FileBytes.Read(fd, seal, left, path) == length && seal.SequenceEqual(Of(hash.FinishHex()));
    }
}
