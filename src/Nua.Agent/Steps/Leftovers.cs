using System.Globalization;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Steps;

/// <summary>Ends the daemons that build commands leave behind.</summary>
internal static class Leftovers
{
    private const int _first = 1;
    private const int _mostRounds = 10_000;

    /// <summary>
    /// Kills and reaps every process left of this one's: all others in its own process namespace, else its own
    /// descendants.
    /// </summary>
    public static void Kill()
    {
        for (var round = 0; round < _mostRounds && SignalAll(); round++)
        {
            while (Child.ReapOne(out _, out _))
            {
            }

            _ = Signals.Wait(10);
        }
    }

    /// <returns>whether there was anybody.</returns>
    private static bool SignalAll()
    {
        if (Native.GetPid() == _first)
        {
            return Libc.Kill(-1, Signals.Kill) == 0;
        }

        var found = false;
        foreach (var pid in Children())
        {
            found = true;
            _ = Libc.Kill(pid, Signals.Kill);
        }

        return found;
    }

    /// <summary>
    /// Orphans come to this process, so killing its children again and again reaches every generation.
    /// </summary>
    private static List<int> Children()
    {
        var children = new List<int>();
        var own = Native.GetPid().ToString(CultureInfo.InvariantCulture);
        try
        {
            foreach (var task in Directory.GetDirectories($"/proc/{own}/task"))
            {
                var pids = File.ReadAllText(task + "/children");
                foreach (var pid in pids.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    children.Add(int.Parse(pid, CultureInfo.InvariantCulture));
                }
            }
        }
        catch (IOException)
        {
            // No /proc: only the process namespace can help, and it does when the sandbox ends.
        }

        return children;
    }
}
