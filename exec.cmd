@rem The script "start" of package.json begins with "exec", which a shell has and Windows has not: run what follows.
@%*
