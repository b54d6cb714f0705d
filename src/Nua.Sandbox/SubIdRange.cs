using Nua.Foundation;

namespace Nua.Sandbox;

/// <summary>A block of user (or group) ids of the host that a user may hand to the processes of a user namespace.</summary>
/// <param name="Start">First id on the host.</param>
/// <param name="Count">How many; Nua needs 65536, one for every id an image can name.</param>
public sealed record SubIdRange(uint Start, uint Count)
{
    public const uint Needed = 65536;

    /// <summary>Reads the first large enough range of <paramref name="user"/> (name or number) from an <c>/etc/subuid</c> file;
    /// null when there is none.</summary>
    public static SubIdRange? Find(string file, string user, uint uid)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        foreach (var line in File.ReadLines(file))
        {
            var parts = line.Trim().Split(':');
            if (parts.Length == 3
                && (parts[0] == user || parts[0] == uid.ToString())
                && uint.TryParse(parts[1], out var start)
                && uint.TryParse(parts[2], out var count)
                && count >= Needed - 1)
            {
                return new SubIdRange(start, Math.Min(count, Needed));
            }
        }

        return null;
    }
}
